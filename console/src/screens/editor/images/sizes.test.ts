import { expect, test } from 'vitest'
import type { LibraryImage } from '@/api/generated'
import { pictureOf, sizedTo } from './sizes'

const image = { url: 'https://shop.example/images/img_0.png', width: 1200, height: 900 }

test('a picture gets room in its own shape', () => {
  const { url: src } = image
  expect(pictureOf(image as LibraryImage)).toEqual({ src, width: 600, height: 450 })
  const small = { ...image, width: 90, height: 30 } as LibraryImage
  expect(pictureOf(small)).toEqual({ src, width: 90, height: 30 })
})

test('the height goes with the width', () => {
  expect(sizedTo(300, { width: 600, height: 450 })).toEqual({ width: 300, height: 225 })
  expect(sizedTo(300, { width: 600, height: null })).toEqual({ width: 300, height: null })
  expect(sizedTo(undefined, { width: 600, height: 450 })).toEqual({ width: null, height: null })
})
