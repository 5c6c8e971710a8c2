// The sidebar on a phone: a drawer over the conversation.

import { icon } from "./dom.js";

const at = (id) => document.getElementById(id);

/** Opens it, and begins in it. */
export function openDrawer() {
  document.body.classList.add("drawer-open");
  at("shade").hidden = false;
  at("drawer-button").setAttribute("aria-expanded", "true");
  at("sidebar").querySelector("button")?.focus();
}

/** Closes it, if it is open. */
export function closeDrawer() {
  if (!document.body.classList.contains("drawer-open")) return;
  document.body.classList.remove("drawer-open");
  at("shade").hidden = true;
  at("drawer-button").setAttribute("aria-expanded", "false");
  at("drawer-button").focus();
}

/** Whether the sidebar is a drawer here. */
export function isDrawer() {
  return getComputedStyle(at("drawer-button")).display !== "none";
}

/** Makes the button, the shade and Escape work. */
export function setUpDrawer() {
  at("drawer-button").append(icon("menu"));
  at("drawer-button").addEventListener("click", openDrawer);
  at("shade").addEventListener("click", closeDrawer);
  at("sidebar").addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeDrawer();
  });
}
