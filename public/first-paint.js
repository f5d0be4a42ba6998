// Runs before the first paint: language and theme as they were left, or as the
// browser has them. The keys are those of src/browser/page/storage.rs.
(function () {
  "use strict";
  var root = document.documentElement;

  function recall(key) {
    try {
      return localStorage.getItem(key);
    } catch (forbidden) {
      return null; // Private mode may forbid storage: then nothing was left.
    }
  }

  var wished = [recall("bella.language")].concat(navigator.languages || [navigator.language]);
  for (var i = 0; i < wished.length; i += 1) {
    var primary = String(wished[i]).split(/[-_]/)[0].toLowerCase();
    if (primary === "ko" || primary === "en") {
      root.lang = primary;
      break;
    }
  }

  var theme = recall("bella.theme");
  if (theme === "light" || theme === "dark") {
    root.setAttribute("data-theme", theme);
  }

  // A browser too old for modules never gets as far as boot.js.
  if (!("noModule" in document.createElement("script"))) {
    root.setAttribute("data-boot", "unsupported");
  }
})();
