/** Tells when a new version of the page waits until no tab uses the old one. */
export function watchUpdates(waiting: () => void): void {
  if (!("serviceWorker" in navigator)) return;
  void navigator.serviceWorker.getRegistration().then((registration) => {
    if (!registration?.active) return;
    if (registration.waiting) return waiting();
    registration.addEventListener("updatefound", () => {
      const installing = registration.installing;
      installing?.addEventListener("statechange", () => {
        if (installing.state === "installed" && registration.active) waiting();
      });
    });
  });
}
