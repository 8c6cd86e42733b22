// Asks the server for an order and hands it to WeChat. What WeChat says then is not believed: the page is read again.
"use strict";

(function () {
  const button = document.getElementById("pay");
  if (!button) return;
  const problem = document.getElementById("problem");

  function fail(text) {
    problem.textContent = text || button.dataset.failed;
    button.disabled = false;
  }

  button.addEventListener("click", function () {
    button.disabled = true;
    problem.textContent = "";
    fetch(location.pathname, { method: "POST" })
      .then(function (response) {
        return response.json().then(function (told) {
          if (!response.ok) return fail(told.detail);
          window.WeixinJSBridge.invoke("getBrandWCPayRequest", told, function () {
            location.reload();
          });
        });
      })
      .catch(function () { fail(""); });
  });
})();
