import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { describeImage, type LibraryImage, removeImage } from '@/api/generated'
import { listImagesQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { onEnter } from '@/design'
import type { Language } from '@/language/i18n'
import styles from './images.module.css'
import { hereOf } from './PickerDialog'
import { useText } from './texts'
import { useFailure } from './useUpload'

interface Props {
  language: Language
  image: LibraryImage
  onUse: (alt: string) => void
  onBack: () => void
}

/** One picture: what it is called, what it shows in words; used, or removed from the library. */
export function ChosenImage({ language, image, onUse, onBack }: Props) {
  const t = useText()
  const queries = useQueryClient()
  const sayFailure = useFailure()
  const [name, setName] = useState(image.name)
  const [alt, setAlt] = useState(image.alt)
  const path = { image_id: image.id }
  const refresh = () => queries.invalidateQueries({ queryKey: listImagesQueryKey() })
  const keep = useMutation({
    mutationFn: async () => {
      // The library's words stay; they may be in another language than this message.
      const body = { name: name.trim() || image.name, alt: image.alt || alt.trim() }
      if (body.name === image.name && body.alt === image.alt) return
      await describeImage({ path, body, throwOnError: true })
      refresh()
    },
    onSuccess: () => onUse(alt.trim()),
  })
  const drop = useMutation({
    mutationFn: () => removeImage({ path, throwOnError: true }),
    onSuccess: () => {
      refresh()
      onBack()
    },
  })
  const failed = keep.error ?? drop.error
  return (
    <div className={styles.chosen}>
      <img src={hereOf(image)} alt="" width={image.width} height={image.height} />
      <p className={styles.note}>
        {t('size', {
          width: image.width,
          height: image.height,
          kilobytes: Math.max(1, Math.round(image.n_bytes / 1024)),
        })}
        {image.is_animated && ` · ${t('moves')}`}
      </p>
      <TextInput
        data-autofocus
        autoFocus
        label={t('alt')}
        description={t('alt_ask')}
        lang={language}
        maxLength={1_000}
        value={alt}
        onChange={(event) => setAlt(event.currentTarget.value)}
        onKeyDown={onEnter(() => keep.mutate())}
      />
      <TextInput
        label={t('name')}
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {failed && (
        <p className={styles.failure} role="alert">
          {sayFailure(failed)}
        </p>
      )}
      <div className={styles.acts}>
        <Button variant="subtle" color="shu" loading={drop.isPending} onClick={() => drop.mutate()}>
          {t('remove')}
        </Button>
        <Button variant="default" onClick={onBack}>
          {t('back')}
        </Button>
        <Button loading={keep.isPending} onClick={() => keep.mutate()}>
          {t('use')}
        </Button>
      </div>
    </div>
  )
}
