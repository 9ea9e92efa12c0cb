// Where the viewer starts.

import { init as startCore } from "@cornerstonejs/core";

await startCore();
