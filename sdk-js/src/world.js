// Which world the plugin belongs to, for what is said of things that it has not.

const ARTICLES = {
  journey: "a journey",
  "journey-async": "a journey",
  "assertion-pack": "an assertion pack",
  transform: "a transform",
  "alert-channel": "an alert channel",
};

let world = "journey";

/** Says which world is built. */
export function setWorld(name) {
  world = name;
}

/** A function of the host that the world does not have. Its module stands in for the host's. */
export function absent(what) {
  return () => {
    throw new TypeError(`${ARTICLES[world]} has no ${what}`);
  };
}
