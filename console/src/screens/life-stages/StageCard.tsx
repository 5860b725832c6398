import { Button, Checkbox, TextInput } from '@mantine/core'
import type { StageRefusal } from '@/api/generated'
import { NumberField } from '@/design'
import { MoveButtons } from '@/design/MoveButtons'
import type { Moves } from '@/design/moves'
import { SuggestMany } from '../segment-builder/fields/Suggest'
import { emptyEvidence, type StageDraft } from './draft'
import styles from './Editor.module.css'
import { EvidenceRow } from './EvidenceRow'
import { Refusals } from './Refusals'
import { useText } from './texts'

interface Props {
  stage: StageDraft
  place: number
  isLast: boolean
  refusals: StageRefusal[]
  onChange: (part: Partial<StageDraft>) => void
  moves: Moves
}

/** One stage: its names, what speaks for it, how long that holds, and what comes then. */
export function StageCard({ stage, place, isLast, refusals, onChange, moves }: Props) {
  const t = useText()
  return (
    <li className={styles.stage}>
      <div className={styles.head}>
        <TextInput
          label={t('stage_name_ja', { place })}
          value={stage.name_ja}
          maxLength={200}
          onChange={(event) => onChange({ name_ja: event.currentTarget.value })}
        />
        <TextInput
          label={t('stage_name_en', { place })}
          value={stage.name_en}
          maxLength={200}
          onChange={(event) => onChange({ name_en: event.currentTarget.value })}
        />
        <MoveButtons
          labels={{
            up: t('stage_up', { place }),
            down: t('stage_down', { place }),
            remove: t('stage_remove', { place }),
          }}
          moves={moves}
        />
      </div>
      <Refusals refusals={refusals} />
      <Evidence stage={stage} onChange={onChange} />
      <div className={styles.holds}>
        <NumberField
          label={t('lasts_days')}
          value={stage.lasts_days}
          onChange={(value) => onChange({ lasts_days: value ?? 180 })}
          min={1}
          max={36_500}
          isWhole
          suffix={t('days_suffix')}
        />
        <SuggestMany
          label={t('stage_goods')}
          values={stage.categories}
          of={{ kind: 'item_values', name: 'category' }}
          onChange={(categories) => onChange({ categories })}
        />
      </div>
      {!isLast && (
        <Checkbox
          label={t('moves_on')}
          checked={stage.moves_on}
          onChange={(event) => onChange({ moves_on: event.currentTarget.checked })}
        />
      )}
    </li>
  )
}

function Evidence({ stage, onChange }: Pick<Props, 'stage' | 'onChange'>) {
  const t = useText()
  return (
    <fieldset className={styles.evidence}>
      <legend>{t('evidence')}</legend>
      {stage.evidence.map((one) => (
        <EvidenceRow
          key={one.key}
          evidence={one}
          onChange={(part) =>
            onChange({
              evidence: stage.evidence.map((other) =>
                other.key === one.key ? { ...other, ...part } : other,
              ),
            })
          }
          onRemove={
            stage.evidence.length > 1
              ? () => onChange({ evidence: stage.evidence.filter(({ key }) => key !== one.key) })
              : undefined
          }
        />
      ))}
      <Button
        variant="subtle"
        size="xs"
        onClick={() => onChange({ evidence: [...stage.evidence, emptyEvidence()] })}
      >
        {t('evidence_add')}
      </Button>
    </fieldset>
  )
}
