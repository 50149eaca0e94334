/** Writes a result as a file, beside the page. */

import type { FileRequest } from "./result-file.js";
import { fileReply } from "./result-text.js";

self.onmessage = ({ data }: MessageEvent<FileRequest>) => {
	self.postMessage(fileReply(data));
};
