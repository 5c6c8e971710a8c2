// The app's Home tab: one view, which the app changes while its person looks at it.

import { renderBlocks, samePlace } from "./blocks/render.js";
import { Surface } from "./blocks/surface.js";
import { h } from "./dom.js";

/** The tab in `root`. */
export class HomeTab {
  constructor(root) {
    this.root = root;
    this.surface = null;
  }

  /** Shows what the app has published for a person; `view` is null before it has. What stands in fields that stay is kept. */
  show(user, view, appName) {
    const { root, surface: before } = this;
    if (!view) {
      this.surface = null;
      const words = `${appName} hasn't published a Home tab for you yet.`;
      root.replaceChildren(h("div", { class: "home-empty" }, h("h2", {}, "Nothing here yet"), h("p", {}, words)));
      return;
    }
    const same = before?.user === user && before.container.view_id === view.id;
    if (same && this.hash === view.hash) return;
    this.hash = view.hash;
    this.surface = new Surface(user, { type: "view", view_id: view.id });
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    const scrolled = same ? root.scrollTop : 0;
    const nodes = renderBlocks(view.blocks, this.surface);
    this.surface.takeOver(view.state?.values, same ? before : undefined);
    root.replaceChildren(h("div", { class: "home-blocks" }, ...nodes));
    root.scrollTop = scrolled;
    if (focused && focused !== root) (samePlace(root, focused) ?? root).focus({ preventScroll: true });
  }
}
