// A real identity provider (oidc-provider) on this machine. It is at "localhost" while Rowan is at 127.0.0.1, so that for
// a browser the two are different sites, as they will be.
//
//   const provider = await startProvider({ algorithm: "ES256" });
//   provider.knows(rowan.url, "SMBC");      where this agency's people come back to, and where a sign-out is told
//   provider.person = "24400320";           whoever comes to it from now on is this person
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import Provider from "oidc-provider";

const client = { client_id: "rowan", client_secret: "a secret between the two of them" };

function newKey(algorithm) {
  const { privateKey } =
    algorithm === "RS256" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), kid: randomBytes(8).toString("hex"), use: "sig", alg: algorithm };
}

async function grantFor(ctx) {
  const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
  grant.addOIDCScope("openid");
  await grant.save();
  return grant;
}

export async function startProvider({ algorithm = "RS256" } = {}) {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      ...client,
      redirect_uris: [`${issuer}/not-yet-known`],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      id_token_signed_response_alg: algorithm,
      backchannel_logout_uri: `${issuer}/not-yet-known`,
      backchannel_logout_session_required: true,
    }],
    jwks: { keys: [newKey(algorithm)] },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    claims: { openid: ["sub", "amr"], acr: null, auth_time: null, iss: null, sid: null },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true }, backchannelLogout: { enabled: true } },
    pkce: { required: () => true, methods: ["S256"] },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    loadExistingGrant: grantFor,
  });
  const found = await provider.Client.find(client.client_id);
  const self = {
    issuer,
    client: client.client_id,
    secret: client.client_secret,
    person: "nobody",
    factors: ["pwd", "mfa"],
    knows(rowan, agency) {
      found.redirectUris = [`${rowan}/sign-in/agency/${agency}/back`];
      found.backchannelLogoutUri = `${rowan}/sign-in/agency/${agency}/logout`;
    },
    // Settles when a sign-out has been told to Rowan.
    told: () => new Promise((resolve, reject) => {
      provider.once("backchannel.success", () => resolve());
      provider.once("backchannel.error", (_, error) => reject(error));
    }),
    stop: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
  // Nobody types anything here: whoever comes is known at once.
  const answer = provider.callback();
  server.on("request", (request, response) => {
    if (!request.url.startsWith("/interaction/")) return answer(request, response);
    provider
      .interactionFinished(request, response, { login: { accountId: self.person, amr: self.factors } })
      .catch((error) => response.writeHead(500).end(error.message));
  });
  return self;
}
