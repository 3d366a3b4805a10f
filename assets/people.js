// A link that is shown once is selected as soon as somebody goes to it, ready to be copied.
document.addEventListener("focusin", (event) => {
  if (event.target.matches && event.target.matches("[data-copies]")) event.target.select();
});
