// What this page lets itself turn from text into code or markup. The policy makes
// the browser ask here first, in the page and in each of its workers, so that a
// slip elsewhere (text of a model's taken for markup, a script's address put
// together from what somebody wrote) ends here.
if (self.trustedTypes) {
  const home = new URL("./", self.location.href).href;
  const active = /<\s*(script|iframe|object|embed|base|link|meta|form)|\son\w+\s*=|javascript:/i;
  self.trustedTypes.createPolicy("default", {
    // The unchanging parts of views, which the framework keeps as markup.
    createHTML(markup) {
      if (active.test(markup)) throw new TypeError("markup that could act");
      return markup;
    },
    createScriptURL(address) {
      const { href } = new URL(address, self.location.href);
      if (!href.startsWith(home)) throw new TypeError("a script from elsewhere");
      return href;
    },
  });
}
