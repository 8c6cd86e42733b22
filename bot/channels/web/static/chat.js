// Sends a message without leaving the page and adds the answer under the conversation. Everything works without this
// file; it only spares a reload, keeps what was typed when the network fails, and leads eyes and screen readers to
// the new answer.
'use strict';

(function () {
  const composer = document.getElementById('composer');
  const field = document.getElementById('text');
  const conversation = document.getElementById('conversation');
  const waiting = document.getElementById('waiting');
  const problem = document.getElementById('problem');
  const problemText = document.getElementById('problem-text');
  const retry = document.getElementById('retry');
  const root = document.documentElement;
  const KEPT = 'hebao-draft';

  if (!window.fetch || !window.URLSearchParams || !window.crypto) {
    return;
  }

  // One message at a time: `pending` is on its way, `failed` can be sent again. Both are {id, text, typed}, where
  // `typed` says that the text stands in the field and is not a choice's label.
  let pending = null;
  let failed = null;

  function freshId() {
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  function each(selector, within, act) {
    Array.prototype.forEach.call(within.querySelectorAll(selector), act);
  }

  function fitField() {
    field.style.height = 'auto';
    field.style.height = field.scrollHeight + field.offsetHeight - field.clientHeight + 'px';
  }

  // A disabled button loses the focus in some browsers; one that says so and does nothing keeps it.
  function showBusy(busy) {
    waiting.textContent = busy ? waiting.getAttribute('data-text') : '';
    each('#send, #retry, .choices button', document, function (button) {
      if (busy) {
        button.setAttribute('aria-disabled', 'true');
      } else {
        button.removeAttribute('aria-disabled');
        button.removeAttribute('data-pressed');
      }
    });
  }

  function showProblem(sentence, canRetry) {
    retry.hidden = !canRetry;
    problem.hidden = false;
    problemText.textContent = sentence;
    field.setAttribute('aria-describedby', 'problem-text');
    problem.scrollIntoView({ block: 'nearest' });
  }

  function hideProblem() {
    problem.hidden = true;
    problemText.textContent = '';
    field.removeAttribute('aria-describedby');
  }

  // Rejects with {sentence, canRetry}. Sending again cannot mend what the server refused for what it was.
  async function post(message) {
    const unreachable = { sentence: composer.getAttribute('data-failed'), canRetry: true };
    let response;
    let body;
    try {
      const fields = new URLSearchParams();
      fields.append('text', message.text);
      fields.append('message_id', message.id);
      response = await window.fetch(composer.getAttribute('action'), {
        method: 'POST',
        body: fields,
        credentials: 'same-origin',
        headers: { 'X-Requested-With': 'fetch' }
      });
      body = await response.text();
    } catch (error) {
      throw unreachable;
    }
    if (!response.ok) {
      const refused = response.status < 500 && response.status !== 408 && response.status !== 429;
      throw { sentence: sentenceOf(body) || unreachable.sentence, canRetry: !refused };
    }
    const holder = document.createElement('template');
    holder.innerHTML = body;
    const turn = holder.content.querySelector('article.turn');
    if (!turn) {
      // A public network's log-in page answers "200" to anything.
      throw unreachable;
    }
    return turn;
  }

  function sentenceOf(body) {
    try {
      const told = JSON.parse(body);
      return String(told.detail || told.title || '');
    } catch (error) {
      return '';
    }
  }

  // Screen readers announce what is added to the conversation. What has been announced is taken out of that before
  // anything in it changes, or it would be read again.
  function hush() {
    each('.turn', conversation, (turn) => turn.setAttribute('aria-live', 'off'));
  }

  function retireChoices(newest) {
    each('form.question', conversation, function (form) {
      if (newest.contains(form)) {
        return;
      }
      const list = form.querySelector('.choices');
      each('button', list, function (button) {
        button.parentNode.textContent = button.value;
      });
      list.className = 'past';
      const plain = document.createElement('div');
      plain.className = form.className;
      plain.appendChild(form.querySelector('fieldset'));
      form.parentNode.replaceChild(plain, form);
    });
  }

  function scrollToStart(turn, smooth) {
    const said = turn.querySelector('.said');
    const long = said && said.offsetHeight > window.innerHeight / 3;
    const calm = !smooth || window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const target = long ? turn.querySelector('.answer') : turn;
    target.scrollIntoView({ block: 'start', behavior: calm ? 'auto' : 'smooth' });
  }

  // What was typed on while waiting belongs to the next message.
  function takeOut(text) {
    if (field.value.slice(0, text.length) === text) {
      field.value = field.value.slice(text.length);
      fitField();
    }
  }

  function keepDraft() {
    try {
      window.sessionStorage.setItem(KEPT, field.value);
    } catch (error) {
      // Storage may be switched off; then a change of the settings costs the draft, as it does without this file.
    }
  }

  function restoreDraft() {
    try {
      const kept = window.sessionStorage.getItem(KEPT);
      window.sessionStorage.removeItem(KEPT);
      if (kept && !field.value) {
        field.value = kept;
      }
    } catch (error) {
      // As above.
    }
  }

  // "大字" or "English" said in the conversation changes what stands around it too.
  function changesPage(turn) {
    const size = turn.getAttribute('data-large');
    return turn.lang !== root.lang || (size !== null && (size === 'on') !== root.classList.contains('large'));
  }

  function addTurn(turn) {
    if (changesPage(turn)) {
      keepDraft();
      window.location.hash = 'latest';
      window.location.reload();
      return;
    }
    const older = document.getElementById('latest');
    if (older) {
      older.removeAttribute('id');
    }
    conversation.appendChild(turn);
    // The focus must not stay on what goes away. It moves to the new heading and not to the first new choice: a
    // second press of the key would answer a question not yet read.
    const focused = document.activeElement;
    if (!focused || focused === document.body || focused === retry || focused.closest('form.question')) {
      turn.querySelector('.speaker').focus({ preventScroll: true });
    }
    retireChoices(turn);
    hideProblem();
    scrollToStart(turn, true);
  }

  async function send(text, typed) {
    if (pending || !text.trim()) {
      return;
    }
    const again = failed !== null && failed.text === text;
    if (!again) {
      hideProblem();
    }
    // The same id again tells the server that it is the same message, should the first one have arrived after all.
    const message = { id: again ? failed.id : freshId(), text: text, typed: typed };
    pending = message;
    hush();
    showBusy(true);
    let turn = null;
    try {
      turn = await post(message);
      failed = null;
    } catch (trouble) {
      failed = message;
      showProblem(trouble.sentence, trouble.canRetry);
    }
    pending = null;
    showBusy(false);
    if (turn) {
      if (typed) {
        takeOut(text);
      }
      addTurn(turn);
    }
  }

  composer.addEventListener('submit', function (event) {
    event.preventDefault();
    send(field.value, true);
  });

  field.addEventListener('keydown', function (event) {
    // 229 is what an input method's own Enter looks like where it is told too late that it was composing.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      send(field.value, true);
    }
  });

  field.addEventListener('input', fitField);

  conversation.addEventListener('click', function (event) {
    const button = event.target.closest('.choices button');
    if (button) {
      event.preventDefault();
      if (!pending) {
        button.setAttribute('data-pressed', '');
        send(button.value, false);
      }
    }
  });

  retry.addEventListener('click', function () {
    if (failed) {
      send(failed.text, failed.typed);
    }
  });

  each('form.setting', document, function (form) {
    form.addEventListener('submit', function () {
      keepDraft();
      form.elements.message_id.value = freshId();
    });
  });

  restoreDraft();
  fitField();
  hush();
  // Whoever comes back wants the last answer; whoever follows a link to a place on the page has chosen one.
  const latest = document.getElementById('latest');
  if (latest && latest.previousElementSibling && !window.location.hash) {
    scrollToStart(latest, false);
  }
})();
