import { Button, Progress } from '@mantine/core'
import { useEffect, useState } from 'react'
import { type BroadcastDefinition, checkForEverybody } from '@/api/generated'
import { ErrorState } from '@/design'
import { useFormat } from '@/language/format'
import styles from './Everybody.module.css'
import { add, nobody, type Sum } from './sum'
import { useText } from './texts'

// As many are made while one reads the dialog; more are made when asked for.
const withoutAsking = 5_000

interface Props {
  definition: BroadcastDefinition
  audience: number
}

/** Makes the message of everybody in the audience once, part after part, and says what came of it. */
export default function Everybody({ definition, audience }: Props) {
  const t = useText()
  const format = useFormat()
  const [isWanted, want] = useState(audience <= withoutAsking)
  const { sum, error } = useSum(definition, isWanted)
  const figures = { done: format.number(sum.done), audience: format.number(sum.audience) }
  if (error) return <ErrorState error={error} />
  if (!isWanted && sum.next === 0)
    return (
      <Button variant="subtle" size="compact-sm" onClick={() => want(true)}>
        {t('begin', { audience: format.number(audience) })}
      </Button>
    )
  const isGoing = isWanted && sum.next !== undefined
  return (
    <section className={styles.everybody} aria-label={t('label')} aria-busy={isGoing}>
      {isGoing ? (
        <>
          <Progress value={(100 * sum.done) / (sum.audience || audience || 1)} aria-hidden />
          <p>
            {t('going', { ...figures, audience: format.number(sum.audience || audience) })}{' '}
            <Button variant="subtle" size="compact-xs" onClick={() => want(false)}>
              {t('stop')}
            </Button>
          </p>
        </>
      ) : (
        <output>{t(told(sum), figures)}</output>
      )}
      <Found sum={sum} />
    </section>
  )
}

function told({ next, failed, missing }: Sum) {
  if (next !== undefined) return 'stopped_looking'
  if (failed) return 'all_tried'
  return missing.length ? 'all_made' : 'all_well'
}

function Found({ sum: { failed, stopped, missing } }: { sum: Sum }) {
  const t = useText()
  const format = useFormat()
  return (
    <ul>
      {failed > 0 && <li data-bad>{t('failed', { count: failed })}</li>}
      {stopped > 0 && <li data-bad>{t('held', { count: stopped })}</li>}
      {missing.map((one) => (
        <li key={one.path}>
          <code>{one.path}</code>{' '}
          {t('missing_for', { missing: format.number(one.missing), of: format.number(one.of) })}
        </li>
      ))}
    </ul>
  )
}

/** Goes through the audience while that is wanted; going on begins where it was. */
function useSum(definition: BroadcastDefinition, isWanted: boolean) {
  const [sum, setSum] = useState(nobody)
  const [error, setError] = useState<unknown>()
  const { next } = sum
  useEffect(() => {
    if (!isWanted || next === undefined) return
    const abort = new AbortController()
    checkForEverybody({
      body: definition,
      query: { after: next },
      signal: abort.signal,
      throwOnError: true,
    }).then(
      ({ data }) => setSum((before) => add(before, data)),
      (problem) => abort.signal.aborted || setError(problem),
    )
    return () => abort.abort()
  }, [definition, isWanted, next])
  return { sum, error }
}
