// A modality written with dcmjs-dimse: it performs a step, asks for commitment, and is told.
// It says what happens on its output, one JSON object a line. The only argument is its orders.
const path = require('path');

const orders = JSON.parse(process.argv[2]);
const dimse = require(path.join(orders.library, 'node_modules', 'dcmjs-dimse'));
dimse.log.setLevel('silent');

const { Client, Dataset, Scp, Server } = dimse;
const { NActionRequest, NCreateRequest, NSetRequest } = dimse.requests;
const { NEventReportResponse } = dimse.responses;
const { PresentationContextResult, Status, TransferSyntax } = dimse.constants;

const STEP = '1.2.840.10008.3.1.2.3.3';
const COMMITMENT = '1.2.840.10008.1.20.1';
const WELL_KNOWN = '1.2.840.10008.1.20.1.1';

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

class Ear extends Scp {
  associationRequested(association) {
    for (const { id } of association.getPresentationContexts()) {
      const wanted = association.getPresentationContext(id);
      wanted.setResult(
        wanted.getAbstractSyntaxUid() === COMMITMENT
          ? PresentationContextResult.Accept
          : PresentationContextResult.RejectAbstractSyntaxNotSupported,
        TransferSyntax.ImplicitVRLittleEndian
      );
    }
    this.sendAssociationAccept();
  }

  nEventReportRequest(request, callback) {
    const elements = request.getDataset().getElements();
    const uids = (items) => [].concat(items || []).map((one) => one.ReferencedSOPInstanceUID);
    const response = NEventReportResponse.fromRequest(request);
    response.setStatus(Status.Success);
    callback(response);
    say({
      told: request.getEventTypeId(),
      transaction: elements.TransactionUID,
      safe: uids(elements.ReferencedSOPSequence),
      failed: uids(elements.FailedSOPSequence),
    });
  }

  associationReleaseRequested() {
    this.sendAssociationReleaseResponse();
  }
}

function exchange(request, dataset) {
  request.setDataset(new Dataset(dataset));
  return new Promise((resolve, reject) => {
    const client = new Client();
    request.on('response', (response) => resolve(response.getStatus()));
    client.on('associationRejected', (why) => reject(new Error(JSON.stringify(why))));
    client.on('networkError', reject);
    client.addRequest(request);
    client.send('127.0.0.1', orders.port, orders.title, 'IMAGING_DEPT');
  });
}

async function perform() {
  const { uid, begin, end, objects, transaction } = orders;
  say({ created: await exchange(new NCreateRequest(STEP, uid), begin) });
  say({ again: await exchange(new NCreateRequest(STEP, uid), begin) });
  say({ unknown: await exchange(new NSetRequest(STEP, '1.2.3.4.5'), end) });
  say({ ended: await exchange(new NSetRequest(STEP, uid), end) });
  say({ late: await exchange(new NSetRequest(STEP, uid), end) });
  const question = { TransactionUID: transaction, ReferencedSOPSequence: objects };
  say({ asked: await exchange(new NActionRequest(COMMITMENT, WELL_KNOWN, 1), question) });
}

const server = new Server(Ear);
server.on('networkError', (why) => say({ trouble: String(why) }));
server.listen(orders.listens);
perform().catch((why) => {
  say({ trouble: String(why) });
  process.exit(1);
});
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
