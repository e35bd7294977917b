// One stack for all of them: starting it takes longer than most of their tests.
import './deliveries/payloads';
import './deliveries/bad-input';
import './deliveries/erase';
import './deliveries/metrics';
