import { TextInput } from '@mantine/core'
import type { Language } from '@/language/i18n'
import { localIso } from '../blocks/fresh'
import type { Of } from '../blocks/model'
import { LiquidInput } from '../liquid/LiquidInput'
import { useText } from '../texts'
import { AlignChoice } from './KindFields'

interface Props {
  language: Language
  block: Of<'countdown'>
  change: (some: Partial<Of<'countdown'>>, tag?: string) => void
}

/** Until when, and what is said before and afterwards. */
export function CountdownFields({ language, block, change }: Props) {
  const t = useText()
  const isInstant = !Number.isNaN(Date.parse(block.until))
  return (
    <>
      {isInstant || !block.until ? (
        <TextInput
          type="datetime-local"
          label={t('until')}
          value={block.until ? localIso(new Date(block.until)).slice(0, 16) : ''}
          onChange={({ currentTarget: { value } }) =>
            value && change({ until: localIso(new Date(value)) }, 'until')
          }
        />
      ) : (
        <LiquidInput
          label={t('until')}
          value={block.until}
          onChange={(until) => change({ until }, 'until')}
        />
      )}
      <LiquidInput
        label={t('countdown_text')}
        description={t('countdown_note', { left: '{{ left }}' })}
        lang={language}
        value={block.text}
        onChange={(text) => change({ text }, 'text')}
      />
      <LiquidInput
        label={t('ended')}
        description={t('ended_note')}
        lang={language}
        value={block.ended ?? ''}
        onChange={(ended) => change({ ended }, 'ended')}
      />
      <AlignChoice value={block.align ?? 'center'} onChange={(align) => change({ align })} />
    </>
  )
}
