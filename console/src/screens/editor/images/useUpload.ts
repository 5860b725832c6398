import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '@/api/client'
import { addImage, type ImageUse, type LibraryImage } from '@/api/generated'
import { listImagesQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { useErrorLine } from '@/design'
import { useText } from './texts'

const maxBytes = 5 * 1024 * 1024

/** Takes a file into the library; a file that is too large is not even sent. */
export function useUpload(onDone: (image: LibraryImage) => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (file: File) => {
      if (file.size > maxBytes) throw refusal(413, 'image_too_large')
      const body = { name: nameOf(file), content: await toBase64(file) }
      const { data } = await addImage({ body, throwOnError: true })
      return data
    },
    onSuccess: (image) => {
      queries.invalidateQueries({ queryKey: listImagesQueryKey() })
      onDone(image)
    },
  })
}

/** Says in a line why something did not work with a picture. */
export function useFailure(): (error: unknown) => string {
  const t = useText()
  const sayError = useErrorLine()
  return (error) => {
    const body = error instanceof ApiError ? error.body : undefined
    switch (body?.code) {
      case 'image_kind_refused':
      case 'image_unreadable':
      case 'image_too_large':
      case 'image_quota':
      case 'too_large':
        return t(`failed_${body.code}`)
      case 'image_in_use': {
        const places = [...new Set((body.detail as ImageUse[]).map((one) => one.name))]
        return t('failed_image_in_use', { places: places.join(', ') })
      }
      default:
        return t('failed', { why: sayError(error) })
    }
  }
}

/** The file that was dropped or pasted, if there is one. */
export function fileOf(transfer: DataTransfer | null): File | undefined {
  return transfer?.files[0]
}

function refusal(status: number, code: string): ApiError {
  return new ApiError(status, { code, message: code, hint: '', detail: null })
}

/** Without its ending, and short: a name for people. */
function nameOf(file: File): string {
  const bare = file.name
    .replace(/\.[^.]*$/, '')
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim()
  return bare.slice(0, 200) || '—'
}

function toBase64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onerror = () => reject(reader.error)
    reader.onload = () => {
      const url = String(reader.result)
      resolve(url.slice(url.indexOf(',') + 1))
    }
    reader.readAsDataURL(file)
  })
}
