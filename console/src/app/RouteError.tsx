import type { ErrorComponentProps } from '@tanstack/react-router'
import { ErrorState } from '@/design'

/** What is shown in place of a screen that failed; the navigation stays. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  return <ErrorState error={error} onRetry={reset} isPage />
}
