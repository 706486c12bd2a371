/** Addresses of chapters: a relative path or http(s), and nothing else that a browser would follow. */

const ALLOWED = /^(?:https?:\/\/|(?![\w+.-]*:)(?!\/\/))[\w!#$%&'()*+,./:;=?@~[\]-]+$/;

/**
 * @param {unknown} href
 * @returns {string} "" if it is not to be followed
 */
export function safeHref(href) {
  return typeof href === "string" && ALLOWED.test(href) ? href : "";
}
