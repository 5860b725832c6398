import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  findProductAudience,
  type Product,
  type ProductAudienceAnswer,
  saveProductAudience,
} from '@/api/generated'
import { useMay } from '@/app/session'
import { Badge, Figure, Figures, Loaded, NumberField, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import { KeepAudience } from '../segments/KeepAudience'
import styles from './Wanting.module.css'
import { useWantingText } from './wantingTexts'

const shown = 6
const mostPeople = 10_000
const usual = 1_000
const strengths = ['strong', 'fair', 'slight'] as const

/** Who would most likely want a product, why, and the way to write to them. */
export function Wanting({ product, title }: { product: Product; title: string }) {
  const t = useWantingText()
  const body = { product: product.product_id, size: mostPeople, shown }
  const found = useQuery({
    queryKey: ['wanting', body],
    retry: false,
    queryFn: async ({ signal }) => {
      const { data } = await findProductAudience({ body, signal, throwOnError: true })
      return data
    },
  })
  if (product.is_gone || product.kind !== 'product') return null
  return (
    <Section title={t('wanting')} note={t('wanting_note')}>
      <Loaded query={found} lines={3}>
        {(answer) =>
          answer.n_found === 0 ? (
            <p className={styles.none}>{t('wanting_none')}</p>
          ) : (
            <Found answer={answer} title={title} />
          )
        }
      </Loaded>
    </Section>
  )
}

function Found({ answer, title }: { answer: ProductAudienceAnswer; title: string }) {
  const t = useWantingText()
  const format = useFormat()
  const language = useLanguage()
  const mayWrite = useMay('write')
  return (
    <>
      <Figures>
        {strengths.map((one) => (
          <Figure
            key={one}
            label={t(`is_${one}`)}
            value={format.number(answer.by_strength[one])}
            note={t(`is_${one}_note`)}
          />
        ))}
      </Figures>
      {answer.is_more && <p className={styles.none}>{t('wanting_more')}</p>}
      <ul className={styles.people} aria-label={t('wanting_first')}>
        {answer.people.map((one) => (
          <li key={one.profile_id}>
            <TextLink to="/profiles/$profileId" params={{ profileId: one.profile_id }}>
              {one.name}
            </TextLink>{' '}
            <Badge tone={one.strength === 'strong' ? 'good' : undefined}>
              {t(`is_${one.strength}`)}
            </Badge>
            <span className={styles.reason}>{one.reason[language]}</span>
          </li>
        ))}
      </ul>
      {mayWrite && <Keep answer={answer} title={title} />}
    </>
  )
}

function Keep({ answer, title }: { answer: ProductAudienceAnswer; title: string }) {
  const t = useWantingText()
  const [size, setSize] = useState(Math.min(usual, answer.n_found))
  const keep = async (name: string) => {
    const body = { product: answer.product_id, size, name }
    return (await saveProductAudience({ body, throwOnError: true })).data.list_id
  }
  return (
    <div className={styles.keep}>
      <KeepAudience
        suggested={t('keep_name', { name: title })}
        label={t('keep_called')}
        act={t('keep_do')}
        keep={keep}
      >
        <NumberField
          label={t('keep_size')}
          isWhole
          min={1}
          max={mostPeople}
          value={size}
          onChange={(value) => value && setSize(value)}
        />
      </KeepAudience>
    </div>
  )
}
