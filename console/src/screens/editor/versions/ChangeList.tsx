import type { BroadcastDefinition, Change } from '@/api/generated'
import { type AnyBlock, findBlock, wordsOf } from '../blocks/model'
import { useGivesText } from '../panel/givesTexts'
import { languageName } from '../preview/Preview'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import { useBlockName, useKindName } from '../useBlockName'
import styles from './versions.module.css'
import { wordChanges } from './wordChanges'

interface Props {
  changes: Change[]
  before: BroadcastDefinition
}

/** What differs, in words: which blocks came, went, moved, and how their words were. */
export function ChangeList({ changes, before }: Props) {
  const t = useText()
  if (!changes.length) return <p>{t('no_changes')}</p>
  return (
    <ul className={styles.changes}>
      {changes.map((one) => (
        <li key={[one.part, one.language, one.block?.block, one.block?.change].join()}>
          {one.block ? <BlockLine change={one} before={before} /> : <PartLine change={one} />}
        </li>
      ))}
    </ul>
  )
}

function BlockLine({ change, before }: { change: Change; before: BroadcastDefinition }) {
  const t = useText()
  const kindName = useKindName()
  const nameOf = useBlockName()
  const { definition } = useEditor()
  const { block, language } = change
  if (!block) return null
  const find = (from: BroadcastDefinition): AnyBlock | undefined => {
    const written = from.template.variants[language]?.blocks
    return written ? findBlock(written, block.block) : undefined
  }
  const [old, now] = [find(before), find(definition)]
  const shown = now ?? old
  const [oldWords, newWords] = [old && wordsOf(old), now && wordsOf(now)]
  return (
    <>
      <strong>{t(`change_${block.change}`)}</strong> {shown ? nameOf(shown) : kindName(block.kind)}{' '}
      <small>{languageName(t, language)}</small>
      {block.change === 'changed' && oldWords !== newWords && (
        <Words before={oldWords ?? ''} after={newWords ?? ''} language={language} />
      )}
    </>
  )
}

function PartLine({ change }: { change: Change }) {
  const t = useText()
  const tGives = useGivesText()
  const names: Record<string, string> = {
    name: t('name'),
    segment: t('segment'),
    sender: t('sender'),
    subject: t('subject'),
    preheader: t('preheader'),
    theme: t('dress'),
    language: t('a_language'),
    default_language: t('default_language'),
    experiment: t('experiment'),
    timing: t('timing'),
    gives: tGives('gives'),
  }
  const { part, language, before, after } = change
  const isText = typeof before === 'string' && typeof after === 'string'
  return (
    <>
      <strong>{t('change_changed')}</strong> {names[part] ?? part}{' '}
      {language && <small>{languageName(t, language)}</small>}
      {isText && <Words before={before} after={after} language={language} />}
    </>
  )
}

interface WordsProps {
  before: string
  after: string
  language: string
}

function Words({ before, after, language }: WordsProps) {
  return (
    <p className={styles.words} lang={language || undefined}>
      {wordChanges(before, after, language).map(({ text, change }, index) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces are told apart by their place
        if (change === 'gone') return <del key={index}>{text}</del>
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        if (change === 'come') return <ins key={index}>{text}</ins>
        return text
      })}
    </p>
  )
}
