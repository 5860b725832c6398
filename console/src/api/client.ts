import { QueryClient } from '@tanstack/react-query'
import { client } from './generated/client.gen'
import type { ErrorBody } from './generated/types.gen'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
let csrfToken = ''

/** A refusal of the API, or no answer at all (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorBody | undefined,
  ) {
    super(body?.message ?? 'no answer')
  }
}

/** Remembers what proves to the server that unsafe requests come from this page. */
export function setCsrfToken(token: string): void {
  csrfToken = token
}

export function startClient(): void {
  client.setConfig({ baseUrl: '' })
  client.interceptors.request.use((request) => {
    if (!safeMethods.has(request.method)) request.headers.set('X-CSRF-Token', csrfToken)
    return request
  })
  client.interceptors.error.use((error, response) => {
    if (error instanceof DOMException && error.name === 'AbortError') return error
    const body = (error as { error?: ErrorBody } | undefined)?.error
    return new ApiError(response?.status ?? 0, body)
  })
}

/** Asks again only where that can help: no answer, or a server that is busy. */
function isWorthAnotherTry(failures: number, error: Error): boolean {
  return failures < 2 && error instanceof ApiError && [0, 502, 503].includes(error.status)
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 10_000, retry: isWorthAnotherTry, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
})
