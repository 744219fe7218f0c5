/** Entry of a helper thread in a browser. */
import { serve } from "./helper.ts";
import type { HelperStart } from "./helper.ts";

self.addEventListener("message", (event: MessageEvent<HelperStart>) => {
  serve(event.data, (message) => self.postMessage(message));
});
