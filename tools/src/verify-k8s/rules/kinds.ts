import { type Rule } from '../manifests';
import { nameOf } from '../objects/kubernetes-object';

const RIGHTS = 'gives rights at the API server, which no program needs';
const UNREAD = 'runs pods that the other rules do not read: use a Deployment, a StatefulSet or a Job';

/** By kind: why the manifests have no object of it. */
const UNWANTED: Readonly<Record<string, string>> = {
  Secret: 'puts a secret into the repository',
  Role: RIGHTS,
  ClusterRole: RIGHTS,
  RoleBinding: RIGHTS,
  ClusterRoleBinding: RIGHTS,
  CronJob: UNREAD,
  DaemonSet: UNREAD,
  Pod: UNREAD,
  ReplicaSet: UNREAD,
};

/** No object is of a kind that would escape the other rules, or that holds what does not belong here. */
export const kinds: Rule = {
  name: 'kinds',
  guarantee: 'hold no secret and no right at the API server, and run pods only by kinds that the rules read',
  check: ({ objects }) =>
    objects.flatMap((object) => {
      const problem = UNWANTED[object.kind];
      return problem === undefined ? [] : [{ object: nameOf(object), field: 'kind', problem }];
    }),
};
