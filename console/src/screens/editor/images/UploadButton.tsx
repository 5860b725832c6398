import { Button, type ButtonProps } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { useRef } from 'react'
import type { LibraryImage } from '@/api/generated'
import styles from './images.module.css'
import { useText } from './texts'
import { useFailure, useUpload } from './useUpload'

interface Props {
  variant?: ButtonProps['variant']
  onImage: (image: LibraryImage) => void
}

/** Asks for a file and takes it into the library. */
export function UploadButton({ variant = 'default', onImage }: Props) {
  const t = useText()
  const field = useRef<HTMLInputElement>(null)
  const sayFailure = useFailure()
  const upload = useUpload(onImage)
  return (
    <>
      <input
        ref={field}
        type="file"
        hidden
        aria-label={t('upload')}
        accept="image/png,image/jpeg,image/gif,image/webp"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0]
          event.currentTarget.value = '' // so that the same file can be tried again
          if (file) upload.mutate(file)
        }}
      />
      <Button
        variant={variant}
        size="compact-sm"
        loading={upload.isPending}
        leftSection={<IconUpload aria-hidden size={16} />}
        onClick={() => field.current?.click()}
      >
        {t('upload')}
      </Button>
      {upload.isError && (
        <p className={styles.failure} role="alert">
          {sayFailure(upload.error)}
        </p>
      )}
    </>
  )
}
