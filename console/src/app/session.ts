import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { ApiError, queryClient, setCsrfToken } from '@/api/client'
import { getSession, logOut, type SessionAnswer, type ShopSettings } from '@/api/generated'

export const sessionOptions = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const { data } = await getSession({ signal, throwOnError: true })
    setCsrfToken(data.csrf_token ?? '')
    return data
  },
  staleTime: Number.POSITIVE_INFINITY,
})

// Where a member sets up the second factor that this installation asks for.
const account = '/app/settings'

/** Lets members pass and sends everybody else to the log-in. */
export async function requireMember(): Promise<void> {
  try {
    const session = await queryClient.ensureQueryData(sessionOptions)
    if (session.member?.must_enrol && !window.location.pathname.startsWith(account)) {
      window.location.assign(account)
      return new Promise<never>(() => {})
    }
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return goToLogIn()
    throw error
  }
}

/** Leaves for the log-in page; resolves never, so that nothing is shown meanwhile. */
export function goToLogIn(): Promise<never> {
  const here = window.location.pathname + window.location.search
  window.location.assign(`/app/login?${new URLSearchParams({ next: here })}`)
  return new Promise<never>(() => {})
}

/** Where steps of a journey that were copied are kept. */
export const copiedSteps = 'kikubari-copied-steps'

/** Ends the session here and on the server; what was copied stays with nobody else. */
export async function leave(): Promise<void> {
  await logOut()
  localStorage.removeItem(copiedSteps)
  window.location.assign('/app/login')
}

/** Asks anew who is logged in: after what renews the session, whose token is another then. */
export async function renewSession(): Promise<void> {
  await queryClient.fetchQuery({ ...sessionOptions, staleTime: 0 })
}

export function useSession(): SessionAnswer {
  return useSuspenseQuery(sessionOptions).data
}

export function useShop(): ShopSettings {
  return useSession().shop
}

/** Says whether the member may do what needs a scope; the server decides all the same. */
export function useMay(scope: string): boolean {
  return useSession().scopes.includes(scope)
}
