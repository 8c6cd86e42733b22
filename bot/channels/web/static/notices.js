// Has WeChat draw its buttons, and says what came of a tap. Without it, or where WeChat does not play along, the page
// says how to go on.
'use strict';

(function () {
  const page = document.getElementById('notices');
  const unable = document.getElementById('unable');
  const wx = window.wx;

  if (!wx || !wx.config) {
    return;
  }

  function able(yes) {
    unable.hidden = yes;
  }

  // Version 7.0.12 of WeChat is the first that knows these tags; elsewhere this is all that it says.
  document.addEventListener('WeixinOpenTagsError', function () {
    able(false);
  });
  wx.error(function () {
    able(false);
  });
  wx.ready(function () {
    able(true);
  });
  wx.config({
    debug: false,
    appId: page.getAttribute('data-app-id'),
    timestamp: Number(page.getAttribute('data-timestamp')),
    nonceStr: page.getAttribute('data-nonce'),
    signature: page.getAttribute('data-signature'),
    // Some versions refuse an empty list.
    jsApiList: ['checkJsApi'],
    openTagList: ['wx-open-subscribe']
  });

  // {"<template>": "{\"status\": \"accept\"}"}, as text twice over.
  function isAgreed(detail, template) {
    try {
      const told = JSON.parse(detail.subscribeDetails)[template];
      return JSON.parse(told).status === 'accept';
    } catch (error) {
      return false;
    }
  }

  Array.prototype.forEach.call(page.querySelectorAll('wx-open-subscribe'), function (tag) {
    const outcome = tag.parentNode.querySelector('.outcome');
    tag.addEventListener('success', function (event) {
      const agreed = isAgreed(event.detail || {}, tag.getAttribute('template'));
      outcome.textContent = page.getAttribute(agreed ? 'data-agreed' : 'data-refused');
    });
    tag.addEventListener('error', function () {
      outcome.textContent = page.getAttribute('data-failed');
    });
  });
})();
