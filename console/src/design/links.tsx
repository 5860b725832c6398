import { Button, type ButtonProps } from '@mantine/core'
import { createLink, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

interface Props {
  /** An address of the console, as in the router: `/segments`. */
  to: string
  params?: Record<string, string>
  search?: Record<string, unknown>
  children: ReactNode
  className?: string
  /** Read aloud instead of words that say little by themselves. */
  label?: string
}

export function TextLink({ to, params, search, children, className, label }: Props) {
  return (
    <Link
      to={to}
      params={params}
      search={search}
      className={className}
      aria-label={label}
      // Only what leads to this very page, with what was chosen on it, is the current one.
      activeOptions={{ exact: true }}
    >
      {children}
    </Link>
  )
}

const LinkedButton = createLink(Button<'a'>)

/** Looks like a button, is a link: for what leads somewhere. */
export function ButtonLink({ to, params, search, children, label, ...look }: Props & ButtonProps) {
  return (
    <LinkedButton
      component="a"
      to={to}
      params={params}
      search={search}
      aria-label={label}
      {...look}
    >
      {children}
    </LinkedButton>
  )
}
