import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Choice } from '../../editor/panel/fields'
import styles from './Trial.module.css'
import { useText } from './texts'

interface Props {
  isAgain: boolean
  isBusy: boolean
  onRun: (span: { since?: string; until?: string }) => void
}

const dayMilliseconds = 86_400_000
type Kind = '30' | '90' | 'own'

/** Which stretch of the past: the last weeks, or two days one chooses. */
export function Period({ isAgain, isBusy, onRun }: Props) {
  const t = useText()
  const [kind, setKind] = useState<Kind>('90')
  const [since, setSince] = useState(() => dayAgo(90))
  const [until, setUntil] = useState(() => dayAgo(0))
  const isWhole = kind !== 'own' || (since !== '' && until !== '' && since < until)
  const run = () => {
    if (kind === 'own') onRun({ since: atMidnight(since), until: atMidnight(until) })
    else onRun({ since: new Date(Date.now() - Number(kind) * dayMilliseconds).toISOString() })
  }
  return (
    <form
      className={styles.period}
      onSubmit={(event) => {
        event.preventDefault()
        run()
      }}
    >
      <Choice
        label={t('trial_period')}
        value={kind}
        choices={[
          ['30', t('trial_days_30')],
          ['90', t('trial_days_90')],
          ['own', t('trial_days_own')],
        ]}
        onChange={setKind}
      />
      {kind === 'own' && (
        <>
          <TextInput
            type="date"
            label={t('trial_since')}
            value={since}
            max={until}
            onChange={(event) => setSince(event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label={t('trial_until')}
            value={until}
            min={since}
            max={dayAgo(0)}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        </>
      )}
      <Button type="submit" loading={isBusy} disabled={!isWhole}>
        {t(isAgain ? 'trial_again' : 'trial_run')}
      </Button>
    </form>
  )
}

/** A day of the reader's calendar, as a date field has it. */
function dayAgo(days: number): string {
  const day = new Date(Date.now() - days * dayMilliseconds)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

function atMidnight(day: string): string {
  return new Date(`${day}T00:00:00`).toISOString()
}
