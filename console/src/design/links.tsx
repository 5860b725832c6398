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
}

export function TextLink({ to, params, search, children, className }: Props) {
  return (
    <Link to={to} params={params} search={search} className={className}>
      {children}
    </Link>
  )
}

const LinkedButton = createLink(Button<'a'>)

/** Looks like a button, is a link: for what leads somewhere. */
export function ButtonLink({ to, params, search, children, ...look }: Props & ButtonProps) {
  return (
    <LinkedButton component="a" to={to} params={params} search={search} {...look}>
      {children}
    </LinkedButton>
  )
}
