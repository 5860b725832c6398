import { useMemo } from 'react'
import type { AheadStep, EnrolmentStory } from '@/api/generated'
import { createFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import type { JourneyDefinition } from '../model/definition'
import { stepOf } from '../model/ways'
import { Asked } from './Asked'
import { useNames } from './Entry'
import styles from './explain.module.css'
import { useText } from './texts'

interface Props {
  entry: EnrolmentStory
  definition: JourneyDefinition
  zone: string
}

/** The steps up to where nobody can know how it goes on, by the person's own clock. */
export function Ahead({ entry: { ahead, leaves_by, waiting }, definition, zone }: Props) {
  const t = useText()
  if (ahead.length === 0) {
    return waiting?.why === 'paused' ? <p className={styles.soft}>{t('next_paused')}</p> : null
  }
  return (
    <>
      <h3>{t('next_title')}</h3>
      <p className={styles.soft}>{t('next_zone', { zone: zone.replaceAll('_', ' ') })}</p>
      {leaves_by && (
        <>
          <p>{t('next_leaves')}</p>
          <Asked asked={[leaves_by]} question={() => t('asked_exit')} />
        </>
      )}
      <ol className={styles.steps} data-ahead>
        {ahead.map((one) => (
          <Coming key={one.step} one={one} definition={definition} zone={zone} />
        ))}
      </ol>
    </>
  )
}

function Coming({
  one: { step, at, until, way, asked, ends },
  definition,
  zone,
}: {
  one: AheadStep
  definition: JourneyDefinition
  zone: string
}) {
  const t = useText()
  const language = useLanguage()
  const format = useMemo(() => createFormat(language, zone), [language, zone])
  const names = useNames(definition)
  const kind = stepOf(definition, step)?.type
  const when = format.instant(until)
  const onward = () => {
    if (kind === 'branch') return t('next_now', { way: names.way(step, way) })
    if (kind === 'wait_for') return t('next_latest', { when })
    if (kind === 'offer') return t('next_offer')
    const left = until === at ? '' : t('next_until', { when })
    const taken = names.hasWays(step) ? names.way(step, way) : ''
    return [left, taken, ends && t('next_ends')].filter(Boolean).join(' · ')
  }
  const said = onward()
  return (
    <li>
      <time dateTime={at}>{format.instant(at)}</time> {names.name(step)}
      {said && ` — ${said}`}
      <Asked asked={asked} question={(id) => t('asked_way', { way: names.way(step, id) })} />
    </li>
  )
}
