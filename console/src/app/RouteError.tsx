import type { ErrorComponentProps } from '@tanstack/react-router'
import { ErrorState } from '@/design'

/** What is shown in place of a screen that failed; the navigation stays. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  return <ErrorState error={error} onRetry={reset} isPage />
}

/** The same when not even the frame around the screens can be shown. */
export function ShellError(props: ErrorComponentProps) {
  return (
    <main>
      <RouteError {...props} />
    </main>
  )
}
