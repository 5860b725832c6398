/** Whether this browser, at this address, can have passkeys at all. */
export const hasPasskeys =
  typeof PublicKeyCredential !== 'undefined' &&
  'parseRequestOptionsFromJSON' in PublicKeyCredential &&
  !/^[\d.]+$|:/.test(window.location.hostname)

type Answer = Record<string, unknown>

/** Asks for a passkey; throws a DOMException if the member gives none. */
export async function askForPasskey(options: unknown): Promise<Answer> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as PublicKeyCredentialRequestOptionsJSON,
  )
  return toJson(await navigator.credentials.get({ publicKey }))
}

/** Lets the browser make a passkey; throws a DOMException if the member stops it. */
export async function makePasskey(options: unknown): Promise<Answer> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as PublicKeyCredentialCreationOptionsJSON,
  )
  return toJson(await navigator.credentials.create({ publicKey }))
}

function toJson(credential: Credential | null): Answer {
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException('no passkey')
  return credential.toJSON() as unknown as Answer
}
