import { hash } from 'node:crypto';
import { leafHash, merkleTree, rootOf } from './merkle-tree';

const texts = Array.from({ length: 64 }, (_, number) => `leaf ${number}`);
const leaves = texts.map(leafHash);

describe('a Merkle tree', () => {
  // Roots of the tests of Certificate Transparency's own implementation, for inputs that are ASCII.
  it('has the roots of RFC 9162', () => {
    const inputs = ['', '\0', '\x10', ' !', '01', '@ABC', 'PQRSTUVW', '`abcdefghijklmno'];
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    const all = inputs.map(leafHash);
    expect(roots.map((_, at) => merkleTree(all.slice(0, at + 1)).root.toString('hex'))).toEqual(roots);
  });

  it('proves each leaf of a tree of any size', () => {
    for (let size = 1; size <= leaves.length; size += 1) {
      const { root, paths } = merkleTree(leaves.slice(0, size));
      paths.forEach((path, index) => expect(rootOf(leaves[index]!, { index, size, path })).toEqual(root));
      expect(paths).toHaveLength(size);
    }
  });

  it('proves a leaf only at its own position', () => {
    const { root, paths } = merkleTree(leaves.slice(0, 13));
    for (let index = 0; index < 16; index += 1) {
      for (let size = 1; size <= 16; size += 1) {
        const found = rootOf(leaves[5]!, { index, size, path: paths[5]! });
        // The way to the sixth leaf is the same in trees of 9 to 16 leaves: a signature must cover the size too.
        expect(found?.equals(root) ?? false).toBe(index === 5 && size > 8);
      }
    }
  });

  it.each([
    ['too short', (path: readonly Buffer[]) => path.slice(1)],
    ['too long', (path: readonly Buffer[]) => [...path, leaves[9]!]],
    ['empty', () => []],
  ])('has no root for a path that is %s', (_, change) => {
    const path = change(merkleTree(leaves.slice(0, 8)).paths[3]!);
    expect(rootOf(leaves[3]!, { index: 3, size: 8, path })).toBeUndefined();
  });

  it('gives a leaf another hash than a node with the same content', () => {
    const [left, right] = [leafHash('a'), leafHash('b')];
    const { root } = merkleTree([left, right]);
    const content = Buffer.concat([left, right]);
    expect(root).toEqual(hash('sha256', Buffer.concat([Buffer.of(1), content]), 'buffer'));
    expect(root).not.toEqual(hash('sha256', Buffer.concat([Buffer.of(0), content]), 'buffer'));
  });
});
