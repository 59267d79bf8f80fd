// A provider of identities for tests: certified software, people and keys of its own, on loopback.
// Started with a redirect address and one to go to after signing out; says its own address on a line.
// Told "rotate", it signs with another key from then on.
import { createServer } from "node:http";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { createInterface } from "node:readline";

const [modules, redirect, afterwards] = process.argv.slice(2);
const required = createRequire(pathToFileURL(`${modules}/x.js`));
const { default: Provider } = await import(pathToFileURL(required.resolve("oidc-provider")));

const people = {
  "1001": { preferred_username: "li-jing", name: "李静", groups: ["benefit-finance"] },
  "1002": { preferred_username: "zhao-min", name: "赵敏", groups: ["benefit-finance", "benefit-checker"] },
  "1003": { preferred_username: "stranger", name: "来客", groups: ["canteen"] },
};
const key = () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: randomUUID() };
};
const make = (issuer) => new Provider(issuer, {
  clients: [{
    client_id: "benefit-ledger", client_secret: "secret-of-tests-which-is-long-enough",
    redirect_uris: [redirect], post_logout_redirect_uris: [afterwards],
    grant_types: ["authorization_code"], response_types: ["code"],
  }],
  claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups"] },
  cookies: { keys: ["tests"] },
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  jwks: { keys: [key()] },
  findAccount: (_context, id) => people[id] && ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
});

let current;
const server = createServer((request, answer) => current.callback()(request, answer));
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  current = make(issuer);
  console.log(issuer);
  createInterface({ input: process.stdin }).on("line", (said) => {
    if (said === "rotate") { current = make(issuer); console.log("rotated"); }
  }).on("close", () => process.exit(0));
});
