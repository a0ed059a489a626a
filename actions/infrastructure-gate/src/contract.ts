import { defineContract, duration, list, oneOf, text } from '@promo-actions/core/action';
import { allowances } from '@promo-actions/core/allowance';

export const contract = defineContract({
  name: 'infrastructure-gate',
  kind: 'gate',
  description:
    'Lets infrastructure change only where nothing is destroyed: refuses a plan of Terraform or OpenTofu, or a change set of CloudFormation or SAM, that deletes or replaces a resource, unless it is allowed by its address with a reason; refuses stacks that are not at rest or have drifted. It reads the JSON that `terraform show -json` and the AWS CLI write, which it tells apart by their content. A file that is missing, empty, unknown, not whole or of a format newer than is known here fails. Values of resources, sensitive or not, are never read out.',
  inputs: {
    plans: list(
      'Patterns of files, such as `plans/*.json`, from the checkout on; each must match a file. One that begins with `!` takes files out. What they may be: `terraform show -json <plan>`, `tofu show -json <plan>`, `aws cloudformation describe-change-set`, `describe-stacks` and `describe-stack-resource-drifts`, each with `--output json`.',
      { required: true },
    ),
    destroy: oneOf(
      ['refuse', 'report'],
      'What is done about a resource that the plan deletes or replaces. The policy can have `report` for environments that may lose resources.',
      { default: 'refuse' },
    ),
    drift: oneOf(
      ['refuse', 'report'],
      'What is done about resources that were changed by other hands: what Terraform found changed outside of it, what CloudFormation says drifted.',
      { default: 'report' },
    ),
    allow: allowances(
      'Resources that may be deleted or replaced, each with the reason, one `<address>: <reason>` on a line, as in `aws_sqs_queue.old: replaced by orders-v2`. `*` stands for any text; a line that begins with it needs quotes. In a change set the address is the logical ID.',
    ),
    'max-age': duration(
      'How old the plan of Terraform may be, since what it plans for may have changed; not looked at when it is not given.',
    ),
    version: text('The version that the plan belongs to, for the record.'),
  },
  outputs: {
    read: 'How many files were read.',
    destroyed: 'How many resources would be deleted or replaced, allowed ones included.',
    changed: 'How many resources would be created, updated, deleted or replaced.',
  },
  permissions: {},
  example: {
    plans: 'plans/prod.json',
    allow: 'aws_sqs_queue.old: replaced by orders-v2, empty since v1.3.0',
  },
  check: ({ plans }) =>
    plans?.every((pattern) => pattern.startsWith('!'))
      ? [{ input: 'plans', message: 'only takes files out; name some first.' }]
      : [],
});
