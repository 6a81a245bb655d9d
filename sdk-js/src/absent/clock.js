// Stands in for the host's `clock` in worlds that have it not.

import { absent } from "../world.js";

export const now = absent("clock: the same is to be said of the same");
export const elapsed = absent("clock: the same is to be said of the same");
export const sleep = absent("clock: the same is to be said of the same");
