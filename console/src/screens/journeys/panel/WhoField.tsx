import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { listSegmentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loading } from '@/design'
import { useLanguage } from '@/language/texts'
import { useSentence } from '../../segments/useSentence'
import { asksTrigger, filtersOf } from '../model/asked'
import type { Json, Who } from '../model/definition'
import styles from './Panel.module.css'
import { TriggerFilters } from './TriggerFilters'
import { useText } from './texts'
import { useTriggerSentence } from './useTriggerSentence'

const ConditionDialog = lazy(() => import('./ConditionDialog'))

const freshFilter = {
  on: 'column',
  column: 'value_minor',
  test: { type: 'number', at_least: 1 },
}

interface Props {
  label: string
  value: Who | null | undefined
  /** Undefined for everybody, where that may be. */
  onChange: (value: Who | undefined) => void
  mayBeAll?: boolean
  /** Type of what lets people in, empty if it is not one, where conditions may ask about it. */
  letInBy?: string
}

const own = '='
const trigger = '>'

/** Who is meant: a segment by its name, or conditions of one's own. */
export function WhoField({ label, value, onChange, mayBeAll, letInBy }: Props) {
  const t = useText()
  const language = useLanguage()
  const segments = useQuery(listSegmentsOptions()).data ?? []
  const [isOpen, setIsOpen] = useState(false)
  const hasOwn = typeof value === 'object' && value !== null
  const filters = filtersOf(value)
  const isMixed = !filters && asksTrigger(value)
  const choose = (id: string) => {
    if (id === own) {
      if (isMixed) return
      if (!hasOwn || filters) onChange({ type: 'all', of: [] })
      setIsOpen(true)
    } else if (id === trigger) onChange({ type: 'trigger', where: [freshFilter] })
    else onChange(id || undefined)
  }
  return (
    <div className={styles.who}>
      <NativeSelect
        label={label}
        value={filters ? trigger : hasOwn ? own : (value ?? '')}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          { value: '', label: t(mayBeAll ? 'everybody' : 'choose_segment') },
          ...segments.map((one) => ({
            value: one.id,
            label: language === 'ja' ? one.name_ja : one.name_en,
          })),
          { value: own, label: t('way_own') },
          ...(letInBy === undefined ? [] : [{ value: trigger, label: t('way_trigger') }]),
        ]}
      />
      {hasOwn && (
        <>
          {asksTrigger(value) ? (
            <TriggerSentence condition={value} event={letInBy ?? ''} />
          ) : (
            <Sentence condition={value} />
          )}
          {filters && (
            <TriggerFilters
              label={t('trigger_filters')}
              value={filters}
              event={letInBy ?? ''}
              onChange={(where) => where.length > 0 && onChange({ type: 'trigger', where })}
            />
          )}
          {isMixed && <p className={styles.note}>{t('trigger_mixed')}</p>}
          {!asksTrigger(value) && (
            <Button size="compact-sm" variant="light" onClick={() => setIsOpen(true)}>
              {t('edit_conditions')}
            </Button>
          )}
        </>
      )}
      {isOpen && hasOwn && !asksTrigger(value) && (
        <Suspense fallback={<Loading lines={2} />}>
          <ConditionDialog
            title={label}
            condition={value}
            onClose={() => setIsOpen(false)}
            onDone={(next) => {
              onChange(next)
              setIsOpen(false)
            }}
          />
        </Suspense>
      )}
    </div>
  )
}

function Sentence({ condition }: { condition: Json }) {
  return <p className={styles.sentence}>{useSentence(condition)}</p>
}

function TriggerSentence({ condition, event }: { condition: Json; event: string }) {
  return <p className={styles.sentence}>{useTriggerSentence(condition, event)}</p>
}
