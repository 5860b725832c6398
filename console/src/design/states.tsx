import { Button, Skeleton } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiError } from '@/api/client'
import styles from './states.module.css'
import { useText } from './texts'

interface EmptyProps {
  /** Left out where the screen's own heading says that there is nothing. */
  title?: string
  /** What to do about it. */
  children: ReactNode
  action?: ReactNode
  /** Stands for the whole screen. */
  isPage?: boolean
}

export function EmptyState({ title, children, action, isPage }: EmptyProps) {
  return (
    <div className={styles.state}>
      {title && <Heading text={title} isPage={isPage} />}
      <p>{children}</p>
      {action}
    </div>
  )
}

interface ErrorProps {
  error: unknown
  onRetry?: () => void
  isPage?: boolean
}

/** Says what went wrong, where, and what to do: from the API's own answer. */
export function ErrorState({ error, onRetry, isPage }: ErrorProps) {
  const t = useText()
  const { what, how } = describeError(error, t)
  // What does not exist comes by no second try, and its address says it all.
  const isMissing = error instanceof ApiError && error.status === 404
  const body = error instanceof ApiError && !isMissing ? error.body : undefined
  return (
    <div className={styles.state} data-tone="guard" role="alert">
      <Heading text={what} isPage={isPage} />
      {how && <p>{how}</p>}
      {body && (
        <p lang="en" className={styles.detail}>
          {body.message}. {body.hint}
        </p>
      )}
      {body && (
        <p className={styles.detail}>
          {t('error_where')} <code>{body.code}</code>
        </p>
      )}
      {onRetry && !isMissing && (
        <Button variant="default" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  )
}

/** Heads a part of a screen, or names the whole of it. */
function Heading({ text, isPage }: { text: string; isPage?: boolean }) {
  if (!isPage) return <h3>{text}</h3>
  return (
    <>
      <title>{`${text} · Kikubari`}</title>
      <h1>{text}</h1>
    </>
  )
}

/** Returns an error in a line, for toasts. */
export function useErrorLine(): (error: unknown) => string {
  const t = useText()
  return (error) => describeError(error, t).what
}

function describeError(
  error: unknown,
  t: ReturnType<typeof useText>,
): { what: string; how?: string } {
  if (!(error instanceof ApiError)) return { what: t('error_fault'), how: t('error_fault_how') }
  switch (error.status) {
    case 0:
      return { what: t('error_offline'), how: t('error_offline_how') }
    case 403:
      return { what: t('error_forbidden'), how: t('error_forbidden_how') }
    case 404:
      return { what: t('error_missing'), how: t('error_missing_how') }
    case 409:
      return { what: t('error_conflict') }
    case 429:
    case 503:
      return { what: t('error_busy'), how: t('error_busy_how') }
    default:
      return error.status < 500
        ? { what: t('error_input') }
        : { what: t('error_fault'), how: t('error_fault_how') }
  }
}

export function Loading({ lines = 4 }: { lines?: number }) {
  const t = useText()
  return (
    <div role="status" aria-label={t('loading')} className={styles.loading}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are all alike and never move
        <Skeleton key={line} height="1.125rem" width={`${90 - ((line * 23) % 50)}%`} />
      ))}
    </div>
  )
}

interface LoadedProps<T> {
  query: UseQueryResult<T, unknown>
  lines?: number
  /** It is what the whole screen shows: a failure takes the place of the screen's heading. */
  isPage?: boolean
  children: (data: T) => ReactNode
}

/** Shows a query: while it loads, when it failed, and what it brought. */
export function Loaded<T>({ query, lines, isPage, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) {
    return <ErrorState error={query.error} onRetry={() => query.refetch()} isPage={isPage} />
  }
  return <Loading lines={lines} />
}
