import { expect, test } from 'vitest'
import * as tree from './tree'

const leaf = (name: string) => ({ type: 'searched', text: name })
const sample = {
  type: 'all',
  of: [
    leaf('a'),
    { type: 'not', of: leaf('b') },
    { type: 'any', of: [leaf('c'), { type: 'not', of: { type: 'all', of: [leaf('d')] } }] },
  ],
}

const idOf = (root: tree.GroupNode, name: string) =>
  tree.list(root).find((node) => !tree.isGroup(node) && node.leaf.text === name)?.id ?? ''
const shape = (node: tree.TreeNode): unknown =>
  tree.isGroup(node) ? [node.joint, ...node.of.map(shape)] : node.leaf.text

test('what was read is written again', () => {
  expect(tree.writeTree(tree.readTree(sample))).toEqual(sample)
  expect(tree.writeTree(tree.readTree(leaf('a')))).toEqual({ type: 'all', of: [leaf('a')] })
})

test('paths are those of the server, through negations', () => {
  const root = tree.readTree(sample)
  const paths = tree.pathsOf(root)
  expect(paths.get('$.of[1]')).toBe(idOf(root, 'b'))
  expect(paths.get('$.of[1].of')).toBe(idOf(root, 'b'))
  expect(paths.get('$.of[2].of[1].of.of[0]')).toBe(idOf(root, 'd'))
  expect(tree.pathOf(root).get(idOf(root, 'b'))).toBe('$.of[1]')
})

test('conditions move among their neighbours, out of groups and into them', () => {
  const root = tree.readTree(sample)
  expect(shape(tree.shift(root, idOf(root, 'b'), -1))).toEqual([
    'all',
    'b',
    'a',
    ['any', 'c', ['all', 'd']],
  ])
  expect(shape(tree.shift(root, idOf(root, 'c'), -1))).toEqual([
    'all',
    'a',
    'b',
    'c',
    ['any', ['all', 'd']],
  ])
  expect(shape(tree.moveIn(root, idOf(root, 'b')))).toEqual([
    'all',
    ['any', 'a', 'b'],
    ['any', 'c', ['all', 'd']],
  ])
  expect(shape(tree.moveOut(root, idOf(root, 'd')))).toEqual(['all', 'a', 'b', ['any', 'c', 'd']])
})

test('nothing moves into itself', () => {
  const root = tree.readTree(sample)
  const group = root.of[2] as tree.GroupNode
  expect(tree.move(root, group.id, (group.of[1] as tree.GroupNode).id, 0)).toBe(root)
})

test('groups open and close around conditions', () => {
  const root = tree.readTree(sample)
  const group = root.of[2] as tree.GroupNode
  expect(shape(tree.unwrap(root, group.id))).toEqual(['all', 'a', 'b', 'c', ['all', 'd']])
  expect(shape(tree.wrap(root, idOf(root, 'a')))).toEqual([
    'all',
    ['any', 'a'],
    'b',
    ['any', 'c', ['all', 'd']],
  ])
})

test('a duplicate is a condition of its own', () => {
  const root = tree.duplicate(tree.readTree(sample), '')
  const twice = tree.duplicate(root, idOf(root, 'a'))
  expect(shape(twice)).toEqual(['all', 'a', 'a', 'b', ['any', 'c', ['all', 'd']]])
  expect(new Set(tree.list(twice).map((node) => node.id)).size).toBe(tree.list(twice).length)
})
