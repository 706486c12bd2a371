/**
 * What every page of the site needs besides the theme's scripts: it prints dark on white whatever
 * the theme on screen is, and its search works from a folder too.
 */
{
  const root = document.documentElement;
  let onScreen = "";
  addEventListener("beforeprint", () => {
    onScreen = root.dataset.theme ?? "";
    root.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    root.dataset.theme = onScreen;
  });

  // The excerpts below search results are cut from fetched pages: impossible under file://.
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS === "object") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }
}
