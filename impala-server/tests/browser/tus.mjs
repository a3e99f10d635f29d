// Uploads a file with tus-js-client, cuts it off after its first piece, and goes on in a new upload object, as a browser
// does after a reload. For the test in ../api/tus.rs.
//
//     IMPALA_TOKEN=... node tus.mjs ENDPOINT FILE NODE_FOLDER

import { createReadStream, statSync } from "node:fs";
import { createRequire } from "node:module";

const [endpoint, path, folder] = process.argv.slice(2);
const tus = createRequire(`${folder}/package.json`)("tus-js-client");
const options = {
  endpoint,
  chunkSize: 100_000,
  uploadSize: statSync(path).size,
  headers: { Authorization: `Bearer ${process.env.IMPALA_TOKEN}` },
  metadata: { project: "ann/p", filename: "numbers.csv", filetype: "text/csv" },
  retryDelays: [0, 50, 100],
};

const url = await new Promise((resolve, reject) => {
  const upload = new tus.Upload(createReadStream(path), {
    ...options,
    onError: reject,
    onSuccess: () => reject(new Error("it was not cut off")),
    onChunkComplete: async (_size, accepted) => {
      await upload.abort();
      console.log(`cut at ${accepted}`);
      resolve(upload.url);
    },
  });
  upload.start();
});

let last;
let isResumed = false;
await new Promise((resolve, reject) => {
  const upload = new tus.Upload(createReadStream(path), {
    ...options,
    uploadUrl: url,
    onError: reject,
    onSuccess: resolve,
    onAfterResponse: (request, response) => {
      if (!isResumed && request.getMethod() === "HEAD") {
        isResumed = true;
        console.log(`resumed at ${response.getHeader("Upload-Offset")}`);
      }
      last = response;
    },
  });
  upload.start();
});
console.log(`done ${last.getHeader("Impala-Source")}`);
