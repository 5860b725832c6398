import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { toastFailure, useErrorLine } from '@/design'
import styles from './KeepAudience.module.css'
import { useMakeSegment } from './useMakeSegment'

interface Props {
  /** The name it has until somebody writes another. */
  suggested: string
  label: string
  act: string
  /** Stores the people as a list of that name; returns the list's id. */
  keep: (name: string) => Promise<string | null>
  /** Fields that come before the name. */
  children?: ReactNode
}

/** Keeps people that were found as a list and a segment of its own, and leads there. */
export function KeepAudience({ suggested, label, act, keep, children }: Props) {
  const errorLine = useErrorLine()
  const [name, setName] = useState(suggested)
  const { make, isMaking } = useMakeSegment()
  const keeping = useMutation({
    mutationFn: keep,
    onSuccess: (list) => list && make(name, { type: 'list', list }),
    onError: (error) => toastFailure(errorLine(error)),
  })
  return (
    <form
      className={styles.keep}
      onSubmit={(event) => {
        event.preventDefault()
        keeping.mutate(name)
      }}
    >
      {children}
      <TextInput
        className={styles.name}
        label={label}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={200}
        required
      />
      <Button
        type="submit"
        variant="default"
        disabled={name.trim() === ''}
        loading={keeping.isPending || isMaking}
      >
        {act}
      </Button>
    </form>
  )
}
