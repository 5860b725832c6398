import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { listSegmentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loading } from '@/design'
import { useLanguage } from '@/language/texts'
import { useSentence } from '../../segments/useSentence'
import type { Json, Who } from '../model/definition'
import styles from './Panel.module.css'
import { useText } from './texts'

const ConditionDialog = lazy(() => import('./ConditionDialog'))

interface Props {
  label: string
  value: Who | null | undefined
  /** Undefined for everybody, where that may be. */
  onChange: (value: Who | undefined) => void
  mayBeAll?: boolean
}

const own = '='

/** Who is meant: a segment by its name, or conditions of one's own. */
export function WhoField({ label, value, onChange, mayBeAll }: Props) {
  const t = useText()
  const language = useLanguage()
  const segments = useQuery(listSegmentsOptions()).data ?? []
  const [isOpen, setIsOpen] = useState(false)
  const hasOwn = typeof value === 'object' && value !== null
  const choose = (id: string) => {
    if (id === own) {
      if (!hasOwn) onChange({ type: 'all', of: [] })
      setIsOpen(true)
    } else onChange(id || undefined)
  }
  return (
    <div className={styles.who}>
      <NativeSelect
        label={label}
        value={hasOwn ? own : (value ?? '')}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          { value: '', label: t(mayBeAll ? 'everybody' : 'choose_segment') },
          ...segments.map((one) => ({
            value: one.id,
            label: language === 'ja' ? one.name_ja : one.name_en,
          })),
          { value: own, label: t('way_own') },
        ]}
      />
      {hasOwn && (
        <>
          <Sentence condition={value} />
          <Button size="compact-sm" variant="light" onClick={() => setIsOpen(true)}>
            {t('edit_conditions')}
          </Button>
        </>
      )}
      {isOpen && hasOwn && (
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
