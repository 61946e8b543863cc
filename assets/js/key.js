// A form with data-security-key asks the browser for a key, and carries its answer in hidden fields: "create" makes a new
// one, "get" uses one. Nothing is sent but the form itself.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const keys = (list) => (list ? list.split(' ') : []).map((id) => ({ type: 'public-key', id: bytes(id) }))

const ways = {
  create: (asked) =>
    navigator.credentials.create({
      publicKey: {
        challenge: bytes(asked.challenge),
        rp: { id: asked.host, name: 'Rowan' },
        user: { id: bytes(asked.user), name: asked.userName, displayName: asked.userShown },
        pubKeyCredParams: asked.algorithms.split(' ').map((alg) => ({ type: 'public-key', alg: Number(alg) })),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        excludeCredentials: keys(asked.keys),
        attestation: 'none',
        timeout: 120000,
      },
    }),
  get: (asked) =>
    navigator.credentials.get({
      publicKey: {
        challenge: bytes(asked.challenge),
        rpId: asked.host,
        allowCredentials: keys(asked.keys),
        userVerification: 'required',
        timeout: 120000,
      },
    }),
}

const wrong = {
  InvalidStateError: 'This key is in use already. Choose another.',
  NotSupportedError: 'This key cannot ask for a PIN, a finger or a face. Choose another.',
}

for (const form of document.querySelectorAll('form[data-security-key]')) {
  const failed = form.querySelector('[data-key-failed]')
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    failed.textContent = ''
    try {
      if (!navigator.credentials) throw new Error('no keys here')
      const { id, response } = await ways[form.dataset.securityKey](form.dataset)
      const fill = (name, value) => {
        form.elements.namedItem(name).value = value
      }
      fill('credential', id)
      fill('client_data', text(response.clientDataJSON))
      fill('authenticator_data', text(response.authenticatorData ?? response.getAuthenticatorData()))
      fill('signature', response.signature ? text(response.signature) : '')
      form.submit()
    } catch (problem) {
      failed.textContent = wrong[problem.name] ?? 'No key answered. Try again.'
    }
  })
}
