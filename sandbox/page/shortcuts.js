// The app's shortcuts: the global ones beside the message box, the others in each message's menu.

import { post } from "./api.js";
import { avatar, h, icon } from "./dom.js";
import { menuButton } from "./popup.js";
import { toast } from "./toast.js";

async function choose(body) {
  try {
    const answer = await post("shortcut", body);
    if (!answer.ok) toast(answer.error);
  } catch (error) {
    toast(error.message);
  }
}

/** The menu's entries for the shortcuts of one kind ("global" or "message"); `place` is `{user}` or `{user, channel, ts}`. */
export function shortcutItems({ app, shortcuts }, kind, place) {
  return shortcuts
    .filter(({ type }) => type === kind)
    .map(({ name, description, callback_id }) => ({
      leading: avatar(app.bot_user_id, app.name),
      label: name,
      description: description || app.name,
      choose: () => choose({ ...place, callback_id }),
    }));
}

/** The button with the global shortcuts; null if there are none. */
export function shortcutButton(state, user) {
  const items = () => shortcutItems(state, "global", { user });
  if (items().length === 0) return null;
  const button = h("button", { class: "icon-button", type: "button", "aria-label": "Shortcuts", title: "Shortcuts" }, icon("bolt"));
  return menuButton(button, items, "Shortcuts");
}
