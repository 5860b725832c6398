import { NativeSelect } from '@mantine/core'
import type { GuardPolicy, GuardRule } from '@/api/generated'
import { useLanguage } from '@/language/texts'
import styles from './guard.module.css'
import { useText } from './texts'

type Levels = NonNullable<GuardPolicy['levels']>

interface Props {
  rules: GuardRule[]
  levels: Levels
  isFixed: boolean
  onChange: (levels: Levels) => void
}

const ranks = ['warn', 'hold', 'block'] as const

/** Every rule in plain words, and what it answers at least; only what is stricter can be chosen. */
export function RuleLevels({ rules, levels, isFixed, onChange }: Props) {
  const t = useText()
  const isJapanese = useLanguage() === 'ja'
  const set = (rule: string, level: string) => {
    const { [rule]: _, ...others } = levels
    const chosen = ranks.find((one) => one === level)
    onChange(chosen ? { ...others, [rule]: chosen } : others)
  }
  return (
    <ul className={styles.rules} aria-label={t('rules')}>
      {rules.map((rule) => {
        const words = isJapanese ? rule.reason_ja : rule.reason_en
        const least = ranks.findIndex((one) => one === rule.levels[0])
        const stricter = ranks.slice(Math.max(least, 0) + 1).filter((one) => one !== 'warn')
        const byLaw = rule.levels.map((one) => t(`level_${one}` as 'level_warn')).join(' / ')
        return (
          <li key={rule.id}>
            <div>
              <p>
                {words} <span className={styles.code}>{rule.id}</span>
              </p>
              <p className={styles.basis}>{rule.basis}</p>
            </div>
            {stricter.length > 0 ? (
              <NativeSelect
                aria-label={t('level_of', { rule: rule.id })}
                disabled={isFixed}
                value={levels[rule.id] ?? ''}
                onChange={(event) => set(rule.id, event.currentTarget.value)}
                data={[
                  { value: '', label: t('by_law', { levels: byLaw }) },
                  ...stricter.map((one) => ({ value: one, label: t(`always_${one}`) })),
                ]}
              />
            ) : (
              <p className={styles.basis}>{t('by_law', { levels: byLaw })}</p>
            )}
          </li>
        )
      })}
    </ul>
  )
}
