// @outrider/sdk: plugins for Outrider in TypeScript and JavaScript. Its types are in ../index.d.ts.

export { DeliveryError, accepted, alertChannel, refuse, tryAgain } from "./alert-channel.js";
export { assertionPack, fits } from "./assertion-pack.js";
export { check, expect } from "./checks.js";
export { elapsed, now, sleep, think } from "./clock.js";
export { data } from "./data.js";
export { AbortError, DataError, FailError, HttpError, ReadError, SecretError, abort, fail } from "./errors.js";
export { http } from "./http/client.js";
export { Response } from "./http/response.js";
export { journey } from "./journey.js";
export { log } from "./logs.js";
export { metrics, tag } from "./metrics.js";
export { random } from "./random.js";
export { step } from "./steps.js";
export { RejectError, column, reject, transform } from "./transform.js";
export { vars } from "./vars.js";
