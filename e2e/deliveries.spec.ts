// All tests share one stack, because its start takes longer than most of them.
import './deliveries/payloads';
import './deliveries/bad-input';
import './deliveries/erase';
import './deliveries/metrics';
