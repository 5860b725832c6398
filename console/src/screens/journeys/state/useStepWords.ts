import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { SegmentAnswer } from '@/api/generated'
import { listSegmentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import type { Language } from '@/language/i18n'
import { useLanguage } from '@/language/texts'
import { nameOf } from '../../segment-builder/names'
import { useText as useConditionText } from '../../segment-builder/texts'
import type { Duration, Events, MessageStep, Step, Trigger, Who } from '../model/definition'
import { sayWeekly } from '../model/weekly'
import { type Say, useText } from '../texts'

const units = ['days', 'hours', 'minutes', 'seconds'] as const

/** Says steps, ways and triggers in the reader's words; the same until the language changes. */
export function useStepWords(): StepWords {
  const t = useText()
  const sayCondition = useConditionText()
  const language = useLanguage()
  const segments = useQuery(listSegmentsOptions()).data
  return useMemo(
    () => createStepWords(t, sayCondition, language, segments),
    [t, sayCondition, language, segments],
  )
}

function createStepWords(
  t: Say,
  sayCondition: ReturnType<typeof useConditionText>,
  language: Language,
  segments: SegmentAnswer[] = [],
) {
  const duration = (length: Duration | undefined) =>
    units
      .filter((one) => length?.[one])
      .map((one) => t(one, { count: length?.[one] ?? 0 }))
      .join(' ') || t('no_time')

  const events = (wanted: Events | null | undefined) =>
    wanted?.event ? nameOf(sayCondition, 'event', wanted.event) : t('any_event')

  const who = (one: Who | null | undefined): string => {
    if (typeof one !== 'string') return t('way_own')
    const found = segments.find(({ id }) => id === one)
    return (language === 'ja' ? found?.name_ja : found?.name_en) ?? one
  }

  const subject = ({ template }: MessageStep) =>
    (template.variants[language] ?? template.variants[template.default_language])?.subject ?? ''

  /** What its author called it; a message by its subject; else what kind of step it is. */
  const name = remembered(
    (step: Step) =>
      step.label || (step.type === 'message' && subject(step)) || t(`kind_${step.type}`),
  )

  const messageDetail = (step: MessageStep) => {
    if (!subject(step)) return t('no_subject')
    return step.label ? subject(step) : t('kind_message')
  }

  const detail = remembered((step: Step): string => {
    switch (step.type) {
      case 'message':
        return [t(`channel_${step.channel ?? 'email'}`), messageDetail(step)].join(' · ')
      case 'wait':
      case 'pause':
        return duration(step.duration)
      case 'wait_until':
        return t('says_wait_until', {
          time: step.at.slice(0, 5),
          days: step.weekdays?.map((one) => t(`day_${one}`)).join(' ') || t('any_day'),
        })
      case 'wait_for':
        return t('says_wait_for', { event: events(step.events), time: duration(step.timeout) })
      case 'wait_best_time':
        return t('says_best', { time: duration(step.within ?? { days: 1 }) })
      case 'branch':
        return t('says_branch', { count: step.ways.length })
      case 'split':
      case 'experiment':
        return step.parts.map((one) => `${one.percent}`).join(' : ')
      case 'set_trait':
        return Object.keys(step.traits).join('、') || t('says_nothing')
      case 'list':
        return t(`says_list_${step.act ?? 'add'}`, { list: step.list })
      case 'offer':
        return step.offer || t('says_nothing')
      case 'webhook':
        return step.endpoint || t('says_nothing')
      case 'notify':
        return step.subject || t('says_nothing')
      case 'enter':
        return t('says_enter', { journey: step.journey })
      case 'end':
        return t('does_end')
    }
  })

  const way = (step: Step, id: string): string => {
    switch (step.type) {
      case 'branch': {
        const found = step.ways.find((one) => one.id === id)
        return found ? found.label || who(found.when) : t('way_otherwise')
      }
      case 'split':
      case 'experiment': {
        const found = step.parts.find((one) => one.id === id)
        return found ? `${found.label || found.id.toUpperCase()} · ${found.percent}%` : id
      }
      case 'wait_for':
        return t(id === 'timeout' ? 'way_timeout' : 'way_happened')
      case 'offer':
        return t(id === 'none' ? 'way_none' : 'way_has_code')
      default:
        return name(step)
    }
  }

  const trigger = (one: Trigger): string => {
    switch (one.type) {
      case 'event':
        return events(one.events)
      case 'segment':
        return t(`says_segment_${one.change ?? 'entered'}`, { segment: who(one.segment) })
      case 'date': {
        const { days = 0, at = '09:00:00' } = one
        const values = { trait: nameOf(sayCondition, 'trait', one.trait), time: at.slice(0, 5) }
        if (days === 0) return t('says_date_on', values)
        const key = days < 0 ? 'says_date_before' : 'says_date_after'
        return t(key, { ...values, count: Math.abs(days) })
      }
      case 'once':
        return one.on
      case 'schedule':
        return sayWeekly(one.cron, language)
      case 'product':
        return t(`product_${one.change}`)
      case 'form':
        return one.form
      case 'message':
        return t(`act_${one.act ?? 'clicked'}`)
      case 'consent':
        return t(`consent_${one.status ?? 'granted'}`)
      case 'api':
        return 'API'
    }
  }

  return { name, detail, way, trigger, duration, events, who }
}

/** A step never changes, another takes its place: what was said of one is said again. */
function remembered(say: (step: Step) => string): (step: Step) => string {
  const said = new WeakMap<Step, string>()
  return (step) => {
    const known = said.get(step)
    if (known !== undefined) return known
    const words = say(step)
    said.set(step, words)
    return words
  }
}

export type StepWords = ReturnType<typeof createStepWords>
