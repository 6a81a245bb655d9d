// Stands in for the host's `http` in worlds that have it not.

import { absent } from "../world.js";

export const send = absent("requests");
export const sendPlain = absent("requests");
export const batch = absent("requests");
export const clearCookies = absent("requests");
export const closeConnections = absent("requests");
