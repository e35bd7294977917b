/** Listeners of the process that packages added while Node loaded them. It loads a package once for each worker. */
const ofPackages = new Set();

/** Runs `load`, which loads a package, and returns what it returns. What the package listens to stays after the test file. */
exports.loadPackage = (load) => {
  const before = all();
  try {
    return load();
  } finally {
    for (const listener of all()) if (!before.has(listener)) ofPackages.add(listener);
  }
};

/** True if a package added this listener while Node loaded it. */
exports.isOfPackage = (listener) => ofPackages.has(listener);

function all() {
  return new Set(process.eventNames().flatMap((event) => process.rawListeners(event)));
}
