import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PersonaSet } from '@/api/generated'
import {
  definePersonasMutation,
  getPersonasQueryKey,
  listLiveSegmentsOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Combobox, type Option, toast, toastFailure, useErrorLine } from '@/design'
import { MoveButtons } from '@/design/MoveButtons'
import { type Moves, movesOf } from '@/design/moves'
import { useFormat } from '@/language/format'
import styles from './RulesEditor.module.css'
import {
  draftOf,
  emptyRule,
  faultOf,
  mostRules,
  type RuleDraft,
  type RulesDraft,
  writeRules,
} from './rules'
import { useText } from './texts'
import { useNaming } from './words'

interface Props {
  defined: PersonaSet | null
  onDone: () => void
}

/** Rules in order of priority; saving assigns everybody at once. */
export function RulesEditor({ defined, onDone }: Props) {
  const t = useText()
  const errorLine = useErrorLine()
  const client = useQueryClient()
  const [draft, setDraft] = useState<RulesDraft>(() => draftOf(defined, t('rule_otherwise_name')))
  const [isTried, setIsTried] = useState(false)
  const fault = faultOf(draft)
  const save = useMutation({
    ...definePersonasMutation(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: getPersonasQueryKey() })
      toast(t('assigned'))
      onDone()
    },
    onError: (error) => toastFailure(errorLine(error)),
  })
  const setRules = (rules: RuleDraft[]) => setDraft({ ...draft, rules })
  const submit = () => {
    setIsTried(true)
    if (!fault) save.mutate({ body: writeRules(draft) })
  }
  return (
    <form
      className={styles.editor}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <RuleRows rules={draft.rules} onChange={setRules} />
      <Button
        variant="light"
        disabled={draft.rules.length >= mostRules}
        onClick={() => setRules([...draft.rules, emptyRule()])}
      >
        {t('rule_add')}
      </Button>
      <TextInput
        label={t('rule_otherwise')}
        value={draft.otherwise}
        maxLength={200}
        onChange={(event) => setDraft({ ...draft, otherwise: event.currentTarget.value })}
        className={styles.otherwise}
      />
      {isTried && fault && (
        <p role="alert" className={styles.fault}>
          {t(`rule_${fault}`)}
        </p>
      )}
      <div className={styles.acts}>
        <Button type="submit" loading={save.isPending}>
          {t('rule_save')}
        </Button>
        <Button variant="subtle" onClick={onDone}>
          {t('rule_cancel')}
        </Button>
      </div>
    </form>
  )
}

interface RowsProps {
  rules: RuleDraft[]
  onChange: (rules: RuleDraft[]) => void
}

function RuleRows({ rules, onChange }: RowsProps) {
  const segments = useSegmentOptions()
  const change = (key: number, part: Partial<RuleDraft>) =>
    onChange(rules.map((one) => (one.key === key ? { ...one, ...part } : one)))
  return (
    <ol className={styles.rules}>
      {rules.map((rule, index) => (
        <RuleRow
          key={rule.key}
          rule={rule}
          place={index + 1}
          segments={segments}
          onChange={(part) => change(rule.key, part)}
          moves={movesOf(rules, index, onChange, { fewest: 1 })}
        />
      ))}
    </ol>
  )
}

interface RowProps {
  rule: RuleDraft
  place: number
  segments: Option[]
  onChange: (part: Partial<RuleDraft>) => void
  moves: Moves
}

function RuleRow({ rule, place, segments, onChange, moves }: RowProps) {
  const t = useText()
  return (
    <li className={styles.rule}>
      <TextInput
        label={t('rule_name', { place })}
        value={rule.name}
        maxLength={200}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Combobox
        label={t('rule_segment', { place })}
        value={rule.segment}
        options={segments}
        onChange={(segment) => onChange({ segment })}
      />
      <MoveButtons
        labels={{
          up: t('rule_up', { place }),
          down: t('rule_down', { place }),
          remove: t('rule_remove', { place }),
        }}
        moves={moves}
      />
    </li>
  )
}

function useSegmentOptions(): Option[] {
  const naming = useNaming()
  const format = useFormat()
  const live = useQuery(listLiveSegmentsOptions())
  return (live.data?.segments ?? []).map((one) => ({
    value: one.id,
    label: naming(one),
    note: one.size === null ? undefined : format.number(one.size),
  }))
}
